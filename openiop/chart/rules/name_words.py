"""Word lists behind `names`: names that are also words, short forms, words that go with names."""


def _list(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _forms(lines: str) -> dict[str, frozenset[str]]:
    pairs = (entry.split(":") for entry in lines.split(";"))
    return {name.strip(): _list(short) for name, short in pairs}


# First and last names in use in the United States that are also everyday English words.
ALSO_WORDS = _list("""
    abbey ace adore ages amber amen angel apple april arch archer art ash aspen august aurora
    autumn baker ball banks barber barn bass bay beach bean bear bell berry best bill bird
    bishop black blake blank blaze blessing bliss block bloom blue bob bolt bond book booker
    booth bowl bowman box branch brand brandy breeze briar brick bridge bridges bright brook
    brooks brown buck bud burns bush butler butter buzz cage cain camp candy cane cannon car
    carol carpenter carry carter case cash castle cat cedar chance chandler change charity
    charm chase cherish cherry chin chip christian chuck church clay clear cliff clover coal
    cole cook cooper copper coral cotton court crew crisp cross crow crystal curry daisy dale
    dash dawn day dean dear destiny diamond dick dill dixie dock dolly don dot dove drake dream
    drew drum duke dusk dusty eagle earl early earnest east easter ebony echo eden elder ember
    essence eve ever faith fall farmer fawn fern field fields fig finch fish fisher fleet
    fletcher flint flora flower flowers forest forge fortune foster fountain fox frank free
    freedom french friend frost gage gale game garden gardener gay gem gene genesis german
    giant gift ginger glass glen glory gold golden good goods grace grant graves gray green
    grey grove guard gun guy hale hall hand hank happy hardy harmony harp harper hart harvest
    haven hawk hawthorn hay hazel head heart heath heather heaven henna herb herbs heritage
    hill hills holiday holly holy honey honor hood hook hope horn house hung hunt hunter ice
    india iris ivory ivy jack jade jan jasmine jay jean jewel jimmy job joker jolly josh
    journey joy judge july june junior just justice karma ken key keys kind king kitty knight
    knots lake lamb lance land lane lark laurel law lawn layer league legacy legend lemon levy
    liberty light lily lion little loan long lord lotus love low luck lucky lyric mace magic
    major maple march marina mark marks marsh marshal mason mast master may mead melody memo
    mercy merit merry miles mill miller mills minor mint miracle misty money moody moon moor
    moss mount myrtle nacho neon nest new nick noble norm north nova oak ocean olive onyx opal
    orchid page pages paige paris park parker parks pat patience peace peaches peak pearl peg
    penny pepper petal phoenix pierce pike pine piper place plum polish poll poncho pond pool
    poppy porter post potter power powers praise precious press price pride prince princess
    promise prosper prudence queen quick rain rainbow rains ramp randy ransom raven ray reason
    rebel red reed reef remedy rice rich rider ridge ring river rivers rob robin rock rocky rod
    roman rose rosemary row royal ruby rue run rush rusty ryder sage sailor saint sand sandy
    sang sapphire savage saw sawyer say scarlet scout seal seasons self serenity shade shadow
    sharp shell shelter shepherd short sierra silk silver singer skip sky small smart smith
    snow sol son song sonny south spark sparks spirit sport spring star steel stern stone storm
    stormy street strong sue sugar summer sun sunday sunny sunshine swan sweet swift tad tan
    tanner teal temple tiger timber tom topaz tower town trace treasure tree trinity trip true
    trust truth twain twist unity vale valentine valley van velvet venus vera verity vic victor
    victory viola violet virtue vision wade waits walker wall ward warren waters way weaver
    weeks wells west wheat wheeler white wild wilder will willow win wind windy winter wise
    wish wolf wonder wood woods woody worth wren yard young zeal zen zero
""")
MONTHS = _list("jan april may june august march")
BEFORE_A_MONTH = _list(
    "in of since until till by last next this early late mid through during from to before after"
    " and or every"
)
PARTICLES = _list(
    "de del della der den di da dos das du el la las le los mc san van von y jr sr ii iii iv"
)
TITLES = _list("mr mrs ms miss mx dr prof brother sister")
# Nobody "told will" or "thanked grace" unless these are people.
TOLD = _list("told asked hugged thanked interrupted comforted confronted texted phoned")
# Nothing but a person said, in any spelling of the name …
SAYS_SURELY = _list("said says told tells replied answered asked asks")
# … while "hope shared by all" needs the capital: "Hope shared".
SAYS = SAYS_SURELY | _list("""
    added admitted agreed apologized cried described disagreed disclosed encouraged expressed felt
    interrupted joked laughed left mentioned offered reported responded shared spoke stated
    suggested supported talked thought wants was yelled
""")
# Short forms by full name, folded: a Robert on file is looked for as Bob too.
NICKNAMES = _forms("""
    abigail: abbie abby gail; albert: al bert; alejandro: ale alex;
    alexander: al alex sasha xander; alexandra: alex lexi sandra; alfonso: poncho; andrea: andy;
    andrew: andy drew; angela: angie; anthony: tony; antonio: tono tony; barbara: barb barbie;
    beatriz: bea betty; benjamin: ben benny; catherine: cathy kate katie;
    charles: charlie chaz chuck; christina: chris tina; christine: chris chrissy tina;
    christopher: chris topher; cynthia: cindy; daniel: dan danny; david: dave davey;
    deborah: deb debbie; dolores: lola; donald: don donnie; dorothy: dot dottie;
    edward: ed eddie ted; elizabeth: beth betty eliza liz lizzie; enrique: quique; eugene: gene;
    francis: frank; francisco: paco pancho; franklin: frank; frederick: fred freddy;
    gabriela: gabi gaby; gerald: gerry jerry; gregory: greg; guadalupe: lupe lupita;
    guillermo: memo; harold: hal harry; henry: hank harry; ignacio: nacho; isabel: chabela isa;
    jacob: jake; jacqueline: jackie; james: jamie jim jimmy; janet: jan; jeffrey: jeff;
    jennifer: jen jenny; jessica: jess jessie; jesus: chuy; john: jack johnny; jonathan: jon;
    jose: pepe; joseph: joe joey; joshua: josh; judith: judy; katherine: kate kathy katie;
    kathleen: kathy; kenneth: ken kenny; kimberly: kim; lawrence: larry; leonard: lenny leo;
    lillian: lily; luis: lucho; margaret: maggie meg peg peggy; maria: marie mary; matthew: matt;
    michael: mick mike mikey; michelle: shelly; miguel: mike; nancy: nan; nathaniel: nate nathan;
    nicholas: nick nicky; pamela: pam; patricia: pat patty tricia trish; patrick: pat;
    peter: pete; philip: phil; rafael: rafa; raymond: ray; rebecca: becca becky;
    ricardo: rick ricky; richard: dick rich rick ricky; robert: bob bobby rob robbie;
    roberto: beto; ronald: ron ronnie; rosa: rosie; rosario: chayo; samantha: sam sammy;
    samuel: sam sammy; sandra: sandy; santiago: santi; stephanie: steph; stephen: steve;
    steven: steve; susan: sue susie; teresa: tere terry; theodore: ted teddy;
    theresa: terry tess; thomas: tom tommy; timothy: tim timmy; victoria: tori vicky;
    vincent: vince vinny; walter: walt; william: bill billy liam will willie; zachary: zach zack
""")
