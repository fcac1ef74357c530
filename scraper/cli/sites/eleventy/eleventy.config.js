import { feedPlugin } from "@11ty/eleventy-plugin-rss";

const day = (date) =>
  new Intl.DateTimeFormat("ko-KR", { timeZone: "Asia/Seoul", dateStyle: "medium" }).format(date);

export default function (config) {
  config.addPassthroughCopy("style.css");
  config.ignores.add("var");
  config.addFilter("day", day);
  config.addFilter("iso", (date) => date.toISOString());
  // Oldest first, as Eleventy has its own: the feed takes the last ones of it.
  config.addCollection("news", (all) =>
    all.getFilteredByGlob("posts/**/*.{md,html}").sort((a, b) => a.date - b.date),
  );
  config.addPlugin(feedPlugin, {
    type: "atom",
    outputPath: "/feed.xml",
    collection: { name: "news", limit: 50 },
    metadata: {
      language: "ko",
      title: "우리 소식",
      subtitle: "정책브리핑 보도자료를 글자 그대로 옮깁니다.",
      base: "https://example.org/",
      author: { name: "우리 소식" },
    },
  });
  return {
    // Posts hold text, never templates.
    markdownTemplateEngine: false,
    htmlTemplateEngine: "njk",
  };
}
