"""What nine patients can and cannot tell.

Plain numpy arrays in, a frozen result out; every result prints as a sentence and as a table.
Only numpy and scipy are used at run time; pandas is loaded when a table is asked for.
"""
