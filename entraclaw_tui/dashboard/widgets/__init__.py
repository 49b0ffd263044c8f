"""The building blocks of the screen: one widget a file."""
