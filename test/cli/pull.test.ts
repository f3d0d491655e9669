import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { useTemporaryDirectory } from "../data/temporary-directory.js";
import { entry, fileOf } from "../files/safetensors-bytes.js";
import { hubAnswer } from "../hub/fake-network.js";
import { cli } from "./run-cli.js";

const files: Record<string, Uint8Array> = {
  "config.json": Buffer.from('{"model_type": "bert"}'),
  "tokenizer.json": Buffer.from('{"model": {}}'),
  "model.safetensors": fileOf({ a: entry("F32", [2], 0, 8) }, new Uint8Array(8)),
};

describe("cdlm pull", () => {
  const directory = useTemporaryDirectory();
  const { HF_ENDPOINT } = process.env;
  let mirror: Server;
  let asked: string[];
  beforeEach(async () => {
    asked = [];
    mirror = createServer((request, response) => {
      asked.push(request.url!);
      const bytes = files[request.url!.split("/").at(-1)!];
      if (!bytes) return void response.writeHead(404, { "x-error-code": "EntryNotFound" }).end();
      const headers = new Headers(request.headers.range ? { range: request.headers.range } : {});
      const answer = hubAnswer(bytes)(new Request("http://hub", { headers }));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      void answer.arrayBuffer().then((body) => response.end(Buffer.from(body)));
    });
    await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
    process.env.HF_ENDPOINT = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    if (HF_ENDPOINT === undefined) delete process.env.HF_ENDPOINT;
    else process.env.HF_ENDPOINT = HF_ENDPOINT;
    mirror.closeAllConnections();
    await new Promise((resolve) => mirror.close(resolve));
  });

  for (const [flags, revision] of [
    [[], "main"],
    [["--revision", "v2"], "v2"],
  ] as const)
    it(`brings the files of ${revision} from the mirror that HF_ENDPOINT names`, async () => {
      const { code, stdout, stderr } = await cli(["pull", "someone/tiny", ...flags, "--json"], "", directory.file(".")); // prettier-ignore
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), { repo: "someone/tiny", revision, folder: "tiny" });
      const wanted = Object.keys(files).map((name) => `/someone/tiny/resolve/${revision}/${name}`);
      assert.deepEqual(new Set(asked), new Set(wanted));
      for (const [name, bytes] of Object.entries(files))
        assert.ok((await readFile(directory.file(`tiny/${name}`))).equals(bytes), name);
    });
});
