"""An MCP server on standard input and output: how a model's host asks for a token.

It is a client of `request.sock` like any other: it can ask and wait, and decide nothing.
"""
