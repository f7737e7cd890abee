"""What a call tells of the six problems of bank hotlines, and what many calls come to.

``facts`` takes from one call what is kept of it, ``sums`` adds up, ``menus`` rebuilds the menu tree
of many.
"""
