"""An Entra on loopback: a small authority with a private CA that really checks what it is shown.

It knows one tenant, its applications, people and consents, keeps them in files below the pretend
Mac, and answers in Entra's own shapes. `state.create` makes one, `server.serve` runs it.
"""
