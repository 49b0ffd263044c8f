"""Files for an administrator, made from what is true of this Mac. Pure: values in, text out.

None of them is installed by this program. Each says what to do with it.
"""
