"""PostgreSQL as Django speaks it, told before each question whose wall we stand in. Changes nothing else."""
