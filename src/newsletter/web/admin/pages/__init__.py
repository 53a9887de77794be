"""One module for each subject of the admin; they are found by their names."""
