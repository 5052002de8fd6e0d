"""What a file hides, told and left out: a module for each family of files."""
