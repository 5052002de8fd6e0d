"""The demonstration: a coalition of five people on this computer, and the tools that check its promises."""
