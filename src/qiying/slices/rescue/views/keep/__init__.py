"""Pages of the registers: machines, inspections, providers, rosters, money, retrofits."""
