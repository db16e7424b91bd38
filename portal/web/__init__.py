"""What the pages of all areas share; knows no area."""
