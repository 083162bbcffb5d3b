"""How a film is rated."""

RATINGS = [n / 2 for n in range(1, 11)]  # 0.5 to 5 stars in halves
