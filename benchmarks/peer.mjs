// As peer.py, for kordoc: node peer.mjs OUT < paths, from the folder it is installed in.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const { parse } = createRequire(join(process.cwd(), "here.js"))("kordoc");
const out = process.argv[2];
const paths = readFileSync(0, "utf8").split("\n").filter(Boolean);

for (let round = 0; round < Number(process.env.ROUNDS ?? 1); round++) {
  for (const path of paths) {
    try {
      const result = await parse(readFileSync(path));
      if (!result.success) throw new Error(result.code);
      writeFileSync(join(out, basename(path) + ".md"), result.markdown);
    } catch (error) {
      console.error(`${basename(path)}: ${error.message}`);
    }
  }
}
process.exit(0);
