"""The wire: messages, framing, peer identity, client.

JSON-RPC 2.0, one compact JSON object a line, UTF-8, at most 64 KiB a line, over Unix sockets.
No batches. May import `model` and `text`; knows neither the Mac nor the worker.
"""
