/** Nothing below it is for clients: locks, files in the making, what gc remembers. Servers and mirrors may leave it out. */
export const WORK_DIRECTORY = ".slipway";
