export default {
  layout: "post.njk",
  // Day and id, by a function: in a text no template would be looked for.
  permalink: (data) => `${data.page.filePathStem.replace(/^\/posts/, "")}/`,
};
