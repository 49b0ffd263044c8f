"""A Mac in a folder, an Entra on loopback, clients that ask. Only `cli` imports this room."""
