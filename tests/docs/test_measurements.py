"""The page of measurements says what the CSV files say."""

from bench.figures import page

HEAD = "name,class,n,engine,seed,budget,feasible,cost,gap,unserved,wall,cpu,peak_memory_mib,note\n"


def test_ours_stands_beside_the_best_engine_alone(tmp_path):
    (tmp_path / "machine.md").write_text("On a small box.")
    (tmp_path / "routing.csv").write_text(
        HEAD
        + "a1,VRPTW,100,ours,1,10.0,True,95,0.05,0,10,20,200,\n"
        + "a1,VRPTW,100,pyvrp,1,10.0,True,100,0.10,0,10,10,100,\n"
        + "a1,VRPTW,100,vroom,1,10.0,False,,,0,1,1,0,not a case for VROOM\n"
        + "m1,MUTUALAID,60,ours,1,10.0,True,5000,,3,10,20,210,\n"
        + "m1,MUTUALAID,60,pyvrp,1,10.0,True,4000,,2,10,10,110,\n"
    )
    (tmp_path / "rostering.csv").write_text(HEAD + "I2,,14,ours,1,60.0,True,828,0.0,0,8.4,8.1,300,proven | best\n")
    said = page(tmp_path)
    assert "On a small box." in said
    assert "| VRPTW | a1 | 100 | 5.0% | 10.0% | not a case for VROOM | -5.0% | 200 MiB |" in said
    assert "| MUTUALAID | m1 | 60 | 5,000, 3 left | 4,000, 2 left |  | +25.0% | 210 MiB |" in said
    assert "VRPTW: +5.0% above the best known, -5.0% beside the best engine alone" in said
    assert "| I2 | 14 | ours | yes | 828 | +0.0% | 0 | 8.4 | 8.1 | 300 MiB | proven / best |" in said


def test_instances_alike_in_class_and_size_stand_in_one_order_whatever_the_file_says(tmp_path):
    (tmp_path / "machine.md").write_text("")
    lines = [f"{name},VRPTW,200,ours,1,10.0,True,9,0.0,0,1,1,1,\n" for name in "fbdacehg"]
    (tmp_path / "routing.csv").write_text(HEAD + "".join(lines))
    told = [line.split(" | ")[1] for line in page(tmp_path).splitlines() if line.startswith("| VRPTW")]
    assert told == sorted("fbdacehg")
