/* Owns the question in which app's own browser a page is looked at. */
#include "capture/agent_rules.h"

static const struct agent_rule rules[] = {
    {"barcelona ", "threads"}, /* before Instagram, whose name some of its versions carry */
    {"instagram", "instagram"},
    {"fban/messenger", "messenger"},
    {"fb_iab/messenger", "messenger"},
    {"fb_iab/orca", "messenger"},
    {"messengerforios", "messenger"},
    {"messengerliteforios", "messenger"},
    {"fban/", "facebook"},
    {"fb_iab/", "facebook"},
    {"fbav/", "facebook"},
    {"fbios", "facebook"},
    {"whatsapp", "whatsapp", .without = "^whatsapp/"}, /* that is the one that makes previews */
    {"musical_ly", "tiktok"},
    {"bytedancewebview", "tiktok"},
    {"bytelocale", "tiktok"},
    {"trill_", "tiktok"},
    {"tiktok", "tiktok", .without = "tiktokspider"},
    {"snapchat", "snapchat"},
    {"[pinterest/", "pinterest"},
    {"pinterest for", "pinterest"},
    {"linkedinapp", "linkedin"},
    {"twitter for", "x"},
    {"twitterandroid", "x"},
    {"telegram-", "telegram"},
    {"telegram/", "telegram"},
    {"micromessenger", "wechat"},
    {" line/", "line"},
    {"kakaotalk", "kakaotalk"},
    {"naver(", "naver"},
    {"viber", "viber"},
    {"reddit/", "reddit"},
    {"redditandroid", "reddit"},
    {"discord/", "discord"},
    {"slack_", "slack"},
    {"teams/", "teams"},
    {"teamsmobile", "teams"},
    {"gsa/", "google"},
    {"youtube", "youtube"},
    {"googleplus", "google"},
    {"; wv)", "webview"},
    {"iphone; ", "webview", .without = "safari/"},
    {"ipad; ", "webview", .without = "safari/"},
};

/* Apps whose web view on Android does not say whose it is, but for X-Requested-With. */
static const struct {
    const char *package;
    const char *app;
} packages[] = {
    {"com.instagram.android", "instagram"},
    {"com.instagram.barcelona", "threads"},
    {"com.facebook.katana", "facebook"},
    {"com.facebook.lite", "facebook"},
    {"com.facebook.orca", "messenger"},
    {"com.facebook.mlite", "messenger"},
    {"com.whatsapp", "whatsapp"},
    {"com.whatsapp.w4b", "whatsapp"},
    {"com.zhiliaoapp.musically", "tiktok"},
    {"com.ss.android.ugc.trill", "tiktok"},
    {"com.snapchat.android", "snapchat"},
    {"com.pinterest", "pinterest"},
    {"com.linkedin.android", "linkedin"},
    {"com.twitter.android", "x"},
    {"org.telegram.messenger", "telegram"},
    {"org.telegram.messenger.web", "telegram"},
    {"com.tencent.mm", "wechat"},
    {"jp.naver.line.android", "line"},
    {"com.viber.voip", "viber"},
    {"com.reddit.frontpage", "reddit"},
    {"com.discord", "discord"},
    {"com.slack", "slack"},
    {"com.microsoft.teams", "teams"},
    {"com.google.android.googlequicksearchbox", "google"},
    {"com.google.android.gm", "gmail"},
    {"com.google.android.youtube", "youtube"},
    {"com.microsoft.office.outlook", "outlook"},
    {"it.italiaonline.mail", "libero"},
};

struct str agent_app(struct str agent, struct str package)
{
    for (size_t i = 0; package.len > 0 && i < sizeof packages / sizeof *packages; i++)
        if (str_eq(package, str_from(packages[i].package)))
            return str_from(packages[i].app);
    const struct agent_rule *rule = agent_find_rule(rules, sizeof rules / sizeof *rules, agent);
    return str_from(rule ? rule->answer : "");
}
