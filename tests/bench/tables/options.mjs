// What the command line asks for; a name nobody knows is refused, or it would be left out in silence.
const usual = ["T1", "T1all", "T1C", "R", "W", "B", "T2", "T2all", "T3", "growth", "M"];

export function readOptions(args, known) {
  const option = (name, otherwise) => args.find((arg) => arg.startsWith(`--${name}=`))?.split("=")[1] ?? otherwise;
  const list = (name, otherwise) => option(name, otherwise.join(",")).split(",").map((one) => one.trim());
  const goals = args.includes("--goals");
  const asked = args.filter((arg) => !arg.startsWith("--"));
  const options = {
    suites: asked.length > 0 ? asked : usual.filter((name) => !goals || name !== "T2"),
    peers: list("peers", known.peers), env: list("env", ["node"]),
    rounds: Number(option("rounds", "5")), scale: Number(option("scale", "1")), goals, write: args.includes("--write"),
  };
  for (const [what, names] of Object.entries({ ...known, suites: [...known.suites, "growth", "M"] })) {
    const strange = options[what].filter((name) => !names.includes(name));
    if (strange.length > 0) throw new Error(`${what}: expected some of ${names.join(", ")}; came ${strange.join(", ")}`);
  }
  return options;
}
