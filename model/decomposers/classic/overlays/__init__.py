"""Glass and shadows: what lies over other things and lets them through."""
