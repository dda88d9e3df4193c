// Serves a folder on 127.0.0.1, as a plain web host would: node serve.mjs FOLDER PORT. `trunk serve` would do, but it
// watches and rebuilds, and neither looks for a free port nor says when the page is ready.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
};
const HOST = "127.0.0.1";
const LAST_PORT = 65535;

const [folder, wanted] = process.argv.slice(2);
const root = resolve(folder);
let port = Number(wanted);

// The file that a request names, or null when there is none inside the folder.
async function find(url) {
  try {
    const path = decodeURIComponent(new URL(url, `http://${HOST}`).pathname);
    const file = join(root, path.endsWith("/") ? `${path}index.html` : path);
    const facts = file.startsWith(root + sep) ? await stat(file) : null;
    return facts?.isFile() ? { file, size: facts.size } : null;
  } catch {
    return null; // no such file, or an address that is none
  }
}

const server = createServer(async (request, response) => {
  const found = await find(request.url);
  if (!found) {
    response.writeHead(404, { "Content-Type": TYPES[".txt"] }).end("Not found\n");
    return;
  }
  response.writeHead(200, {
    "Content-Type": TYPES[extname(found.file)] ?? "application/octet-stream",
    "Content-Length": found.size,
    "Cache-Control": "no-cache", // a new build shows at once
    "X-Content-Type-Options": "nosniff",
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(found.file).on("error", () => response.destroy()).pipe(response);
});

server.on("error", (error) => {
  if (error.code === "EADDRINUSE" && port < LAST_PORT) {
    port += 1;
    server.listen(port, HOST);
    return;
  }
  console.error(`glassbox: port ${port} cannot be used (${error.code}): say another one, as in scripts/serve 8080.`);
  process.exit(1);
});
server.on("listening", () => console.log(`Glassbox is ready at http://${HOST}:${server.address().port}/ (Ctrl+C stops it)`));
if (port <= LAST_PORT) server.listen(port, HOST);
else server.emit("error", { code: "out of range" });
