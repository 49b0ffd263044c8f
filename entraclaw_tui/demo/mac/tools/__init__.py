"""The stand-in tools, one module each: `main(layout, arguments)` returns the exit status.

They import the standard library and their like in `demo.mac` alone, as little as they can.
"""
