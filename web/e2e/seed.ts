/** A small world: headlines, three labelling projects, a crowd, and a pipeline behind the labels. */

export const HEADLINES = [
  "Tamil party drops commitment to independence from Sri Lanka",
  "The Hardest Harry Potter Spelling Test You Will Ever Take",
  "Two women first ever to serve on municipal council in Kuwait",
  "Cattle Rustling Plagues Ranchers",
  "23 Things Everyone Who Grew Up With A Dog Will Understand",
  "Controversial cancer test gains support",
  "We Tried Every Pumpkin Spice Snack So You Do Not Have To",
  "Senator Says He Had Affair With an Aide",
  "Obama Promises the World a Renewed America",
  "This Is What Your Favourite Colour Says About Your Love Life",
];

/** Data that would like to be code: it must be shown, and do nothing. */
export const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

const choices = `
  <View>
    <Text name="headline" value="$headline"/>
    <Choices name="category" toName="headline" required="true">
      <Choice value="Clickbait" hotkey="1"/>
      <Choice value="Not clickbait" hotkey="2"/>
    </Choices>
  </View>`;

const survey = `
  <View>
    <Text name="headline" value="$headline"/>
    <Choices name="topics" toName="headline" choice="multiple" required="true">
      <Choice value="Sport"/><Choice value="Politics"/><Choice value="Animals"/>
    </Choices>
    <Choices name="tone" toName="headline" required="true">
      <Choice value="Calm"/><Choice value="Loud"/>
    </Choices>
    <TextArea name="note" toName="headline"/>
  </View>`;

interface ProjectOptions {
  pool?: string;
  config?: string;
  overlap?: number;
  extra?: string;
}

function project(
  name: string,
  title: string,
  { pool = "pool", config = choices, overlap = 1, extra = "" }: ProjectOptions = {},
) {
  return `project: ${name}
title: ${title}
input: {repo: ${pool}, glob: /*.csv, rows: {format: csv, key: null}, columns: {headline: headline}}
label_config: |${config}
guideline: |
  # How to judge
  Read the headline. **Clickbait** promises a feeling; anything else is not clickbait.

  <script>document.title = "owned"</script>

  | headline | answer |
  | --- | --- |
  | 21 cats | Clickbait |
overlap: ${overlap}
page: {real: 3, control: 0, time_limit_s: 600}
pay: {per_page: "0.05", currency: USD}
consensus: {method: majority}
output: {repo: ${name}-labels, branch: main, release: each}
${extra}`;
}

const TRAINING = `training:
  tasks: {repo: quality, path: /training.csv, columns: {headline: headline}, expected: {category: category}, hint: hint}
  page: 2
  pass_percent: 50
control:
  tasks: {repo: quality, path: /control.csv, columns: {headline: headline}, expected: {category: category}}
`;

const csv = (rows: string[]): string =>
  `${["headline", ...rows.map((row) => `"${row.replaceAll('"', '""')}"`)].join("\n")}\n`;

const known = `headline,category,hint
Gunman on the loose in Melbourne,Not clickbait,It says what happened.
15 Cats Who Are Done With Today,Clickbait,It is a list of feelings.
`;

export const FILES: Record<string, string> = {
  "headlines.csv": csv(HEADLINES),
  "hostile.csv": csv([HOSTILE, "A second headline that means no harm"]),
  "training.csv": known,
  "control.csv": known,
  "truth.csv": `headline,category\n${HEADLINES.map((h, i) => `"${h}",${i % 3 === 1 ? "Clickbait" : "Not clickbait"}`).join("\n")}\n`,
  "loop.yaml": project("loop", "Is this headline clickbait?"),
  "bench.yaml": project("bench", "Is this one clickbait, too?"),
  "speed.yaml": project("speed", "As fast as you can"),
  "offline.yaml": project("offline", "On the train"),
  "school.yaml": project("school", "Learn first, then judge", { extra: TRAINING }),
  "survey.yaml": project("survey", "What is it about?", { config: survey }),
  "hostile.yaml": project("hostile", "Hostile headlines", { pool: "hostile" }),
  "crowd.yaml": project("crowd", "What the crowd thinks", { overlap: 2 }),
  "copy.yaml": `pipeline: {name: copied}
description: A copy of what the crowd settled
input: {pfs: {repo: crowd-labels, glob: /labels.csv}}
transform: {cmd: [cp, /pfs/crowd-labels/labels.csv, /pfs/out/labels.csv]}
`,
};

export const COMMANDS: string[][] = [
  ...["pool", "hostile", "quality"].map((name) => ["repo", "create", name]),
  ["put", "pool@main", "headlines.csv", "-m", "Ten headlines"],
  ["put", "hostile@main", "hostile.csv"],
  ["put", "quality@main", "training.csv", "control.csv"],
  ...["loop", "bench", "speed", "offline", "school", "survey", "hostile", "crowd"].map((name) => [
    "project",
    "create",
    `${name}.yaml`,
  ]),
  ["pipeline", "create", "copy.yaml"],
  ["simulate", "crowd", "--workers", "3", "--seed", "1", "--truth", "truth.csv"],
];
