"""The demonstration: a coalition of thirty people on this computer, and the tools that check its promises."""
