"""Value of intellectual property: income, market and cost approaches, as a range."""
from qiying.engines.valuation._solve import value
from qiying.engines.valuation._read import read, schema, to_plain
