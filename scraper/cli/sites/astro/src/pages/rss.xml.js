import rss from "@astrojs/rss";
import { newest } from "../posts";

export async function GET(context) {
  const posts = (await newest()).slice(0, 50);
  return rss({
    title: "우리 소식",
    description: "정책브리핑 보도자료를 글자 그대로 옮깁니다.",
    site: context.site,
    items: posts.map((post) => ({
      title: post.data.title,
      description: post.data.description,
      pubDate: post.data.pubDate,
      link: `/${post.id}/`,
    })),
  });
}
