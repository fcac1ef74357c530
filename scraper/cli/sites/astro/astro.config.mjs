import sitemap from "@astrojs/sitemap";
import { defineConfig } from "astro/config";

export default defineConfig({
  site: "https://example.org", // where the site is; feed and sitemap need it
  integrations: [sitemap()],
  markdown: { smartypants: false },
});
