"""KIM-Portal: the program without its pages."""
