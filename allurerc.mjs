// Allure 3's settings for this suite's results: `npx allure generate allure-results -c allurerc.mjs` (see docs/reports.md).
// Categories and models are read from the results, where the suite writes them down; nothing has to be repeated here.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const DESCRIPTION = "environment.properties";
const described = (folder) => existsSync(join(folder, DESCRIPTION));
const folders = [...process.argv.slice(2), "allure-results"].filter(described);

const read = (folder, file) => readFileSync(join(folder, file), "utf8");
const categories = folders.length ? JSON.parse(read(folders[0], "categories.json")) : [];
const models = folders.flatMap((folder) => read(folder, DESCRIPTION).match(/^models=(.*)$/m)?.[1].split(", ") ?? []);

const about = (labels) => labels.find((label) => label.name === "model")?.value;
const environments = Object.fromEntries(
  [...new Set(models)].map((model) => [
    model.replace(/[^\w-]+/g, "_"), // what an identity may consist of
    { name: model, matcher: ({ labels }) => about(labels) === model },
  ]),
);
const together = { name: "models together", matcher: ({ labels }) => Boolean(about(labels)) };

export default {
  name: "Behaviour of vision models",
  output: "./allure-report",
  historyPath: "./allure-history.jsonl", // keep this file between runs: trends and the history of each test are in it
  historyLimit: 50,
  categories,
  environments: { ...environments, together },
  plugins: { awesome: { options: { singleFile: true, groupBy: ["feature", "story"], defaultSortBy: "status,asc" } } },
};
