export const network = null;
