/** 0.876 → "88%"; a share that is not quite all is never shown as all. */
export const percent = (share: number): string => `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100}%`
