import process from "node:process";

process.stdout.write("slipway 0.1.0\n");
