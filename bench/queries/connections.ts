/** How many connections to Graph everybody may have open at once: as many as operations come at once at most. */
export const CONNECTIONS = 256;
