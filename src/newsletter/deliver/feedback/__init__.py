"""What comes back: a returned mail's bytes become a `Returned`. Pure: nothing is stored or suppressed."""
