// Runs pytest inside the browser build of Python, under node.
//   node run.mjs PYTHON_FOLDER COURSE_FOLDER pytest-argument…
// PYTHON_FOLDER is one that tools/build_lite.py put together; COURSE_FOLDER is seen as /course.
import { pathToFileURL } from "node:url";

const [folder, course, ...asked] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const started = performance.now();
const python = await loadPyodide({
  indexURL: folder + "/",
  env: { HOME: "/home/pyodide", MPLBACKEND: "agg", PYTHONDONTWRITEBYTECODE: "1" },
});
const wanted = ["jdm-teach", "pytest", "hypothesis", "numpy", "pandas", "matplotlib", "scipy", "seaborn"]
  .filter((name) => name in python.lockfile.packages);
await python.loadPackage(wanted, { messageCallback() {} });
console.log(`Python ${python.runPython("import sys; sys.version.split()[0]")} ready after ${((performance.now() - started) / 1000).toFixed(1)} s with ${wanted.join(", ")}`);
python.FS.mkdirTree("/course");
python.FS.mount(python.FS.filesystems.NODEFS, { root: course }, "/course");
python.FS.chdir("/home/pyodide");
python.globals.set("asked", python.toPy(["--rootdir=/course", "-c", "/course/pyproject.toml", ...asked]));
// The installed wheel is what is tested; the checkout gives only the tests.
process.exit(await python.runPythonAsync("import sys, pytest; sys.path.append('/course'); int(pytest.main(['--import-mode=append', *asked]))"));
