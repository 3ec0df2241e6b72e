"""What any such program needs: transactions, tables, moves, refusals, audit, settings, listing, doors. Not one factory word."""
