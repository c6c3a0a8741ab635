"""The operations dashboard on a database of 20 regions and two weeks."""
