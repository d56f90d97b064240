"""Django's own way of making SQL, which puts the wall between networks into every question. Changes nothing else."""
