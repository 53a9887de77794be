"""The pictures of the sample portal, drawn by scripts/draw_sample_pictures.py."""
