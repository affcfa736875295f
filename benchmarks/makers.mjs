// json-schema-faker over the schema of the page, seeded: `node makers.mjs PACKAGE SCHEMA WHICH COUNT FILE` writes COUNT payloads,
// one a line. WHICH is `some` for as many of the optional members as it makes by itself, or `all`.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [library, schema, which, count, path] = process.argv.slice(2);
const { createGeneratorSync } = await import(pathToFileURL(library));
const documented = JSON.parse(readFileSync(schema, "utf8"));
const generator = createGeneratorSync({ seed: 1, alwaysFakeOptionals: which === "all" });
const file = openSync(path, "w");
let lines = "";
for (let number = 1; number <= Number(count); number++) {
  lines += JSON.stringify(generator.generate(documented)) + "\n";
  if (number % 1000 === 0) {
    writeSync(file, lines);
    lines = "";
  }
}
writeSync(file, lines);
closeSync(file);
