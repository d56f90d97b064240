"""What people are called for short, and names that are written in several ways. Written from what we know ourselves.

One line for each full name. Two names are alike if one stands in the line of the other, or both stand in one line.
Endings such as “-y” and names that are just cut off (“Chris” for “Christopher”) need no line: rules find them.
"""

from __future__ import annotations

from functools import lru_cache

_LINES = """
abigail abby gail | abraham abe bram ibrahim avraham | adelaide addie della heidi | agnes aggie nessie inez
albert al bert bertie | alexander alex sandy sasha alec xander sander lex alejandro aleksandr iskander ale
alexandra alex sandra sasha lexi alejandra ale | alfred al fred alfie | alice ali allie | amelia amy millie mel
andrew andy drew andreas andrzej andrei andres | anna ann anne annie nan nancy anya hannah ana anita anka anushka
anthony tony ant antonio toni anton antoine | archibald archie | arthur art artie arturo | augustus gus august
barbara barb babs bobbie basia varvara | bartholomew bart bartek | beatrice bea trixie beatriz | benedict ben
benjamin ben benny benji binyamin | bernard bernie bernardo | bridget biddy bridie brigid | calvin cal | cameron cam
caroline carrie lynn carol carolina karolina lina | catherine cathy kate katie kit kitty kathy katy katherine kathryn
catherine cat trina katarina ekaterina katya caterina catalina kasia | cecilia celia cissy sis
charles charlie chuck carlos charley karl carl carlo karel | charlotte lottie charlie lotte carlota
christina chris tina christine chrissy kristina kirsten | christopher chris kit topher cristobal krzysztof
clarence clare | clement clem | constance connie | cornelius neil corny | cynthia cindy | daniel dan danny danilo
david dave davey dawud daud davide | deborah deb debbie devorah | dennis denny denis | dmitri dima mitya dmitry
domenic dom nick domingo | dominic dom nick domingo | donald don donnie | dorothy dot dottie dolly dora thea
edmund ed ned ted eddie edmundo | edward ed ned ted eddie teddy eduardo edouard | edwin ed eddie win
eleanor ellie nell nora leonora lenora elena | elias eli ilyas elijah | elisa liz lisa elise
elizabeth liz beth eliza betty bess lizzie elsie betsy libby lisa elspeth isabel lisbeth bettina elisabeth elzbieta
emily em emmy millie | emmanuel manny manuel manolo | ernest ernie ernesto | esther essie hester ester
eugene gene evgeni zhenya eugenio | evelyn eve evie | florence flo flossie florrie
frances fran fanny frankie francesca francisca paca | francis frank fran frankie francisco paco pancho francesco franz
franklin frank | frederick fred freddy rick fritz federico fredrik | gabriel gabe gabi gavriel jibril
gabriela gabi gaby | genevieve jenny | geoffrey geoff jeff jeffrey | george georgie jorge yuri giorgio jerzy georges
gerald gerry jerry | gerard gerry jerry | gertrude gertie trudy | gilbert gil bert | gregory greg grisha gregor
guadalupe lupe lupita | gwendolyn gwen | hannah ann annie hanna chana | harold harry hal harald
helen nell nellie ellen elena lena yelena helena | henrietta hettie etta harriet | henry harry hank hal enrique heinrich
herbert bert herb | hilary hil | horace horry | hubert hugh bert | hugh hughie hugo | humphrey humph | ian john
ignacio nacho ignatius iggy | irene rena irina | isaac ike yitzhak ishaq | isabella bella isabel izzy belle isobel
ivan vanya | jacob jake jack jakob yaakov yakub jacobo | jacqueline jackie | james jim jimmy jamie jem jaime
jane janie jenny jean joan jeanne | janet jan jenny netta | jeremiah jerry jeremy | jerome jerry | jessica jess jessie
jesus chuy chucho | joan jo joanie juana | joanna jo joan hanna | john jack johnny jon juan johan jan sean ivan johann
john giovanni jean hans janek yahya ian | jonathan jon john nathan johnny | joseph joe joey jo jose pepe yusuf youssef
joseph giuseppe josef yosef josip beppe | josephine jo josie fifi josefina josefa pepa | joshua josh yehoshua
joyce joy | juan juanito | judith judy | julia julie jules yulia giulia | juliana julie | julian jules
katherine kate katie kit kitty kathy katy cathy catherine kay | kenneth ken kenny | konstantin kostya
lawrence larry laurie lorenzo laurence lars | leonard leo len lenny leonardo | leopold leo | lev leo lyova
lillian lily lil lilian | louis lou lewis louie luis ludwig luigi | louisa lou lulu luisa louise | lucy lucinda lu lucia
ludmila lyuda mila | luisa lu | lydia liddy | mabel may | madeleine maddie madeline magda | magdalena lena magda
manuel manny manolo | margaret maggie meg peggy marge daisy greta rita madge marjorie peg mag margarita gosia
maria mary mia marie masha maryam miriam mimi mariya mariam maricarmen | marion mary | mark marcus marco marcos markus
martha marty mattie patty marta | martin marty | mary molly polly may mamie mae maria marie miriam moll
matilda tilly mattie maud | matthew matt mateo matteo mathias matty | maximilian max | maurice morris mo moritz mauricio
mercedes merche | michael mike mick mickey mikey miguel misha mikhail michel mikael michal | mildred millie
milton milt | mohammed mo mohamed muhammad mehmet mahomet hamada mohd muhamad md | montgomery monty | morgan mo
moses moe musa moshe moises | nancy nan | natalia natasha natalie nat nata | nathaniel nat nate nathan
nicholas nick nicky nikolai nicolas klaus kolya mikolaj nico | nora honor | norman norm | oliver ollie | olivia liv
oswald oz ozzie | pamela pam | patricia pat patsy trish patty tricia paty | patrick pat paddy rick patricio
paul pablo paolo pavel pasha pawel | pauline polly paulina | peter pete pedro petros piotr pyotr pierre pietro butrus
philip phil pip felipe filip | phyllis phyl | priscilla cilla | prudence prue | rachel rae rachael raquel
ralph rafe | randolph randy | raymond ray ramon | rebecca becky becca beck rivka | reginald reg reggie rex
richard dick rick rich richie ricky ritchie ricardo riccardo | robert bob bobby rob robbie bert robin roberto
roberta bobbie | roderick rod rick | rodney rod | roger rodge rogelio | roland rollo rolando | ronald ron ronnie
rosa rosie rose rosita | rosario charo | rosemary rose rosie | roxanne roxy | rufus rufe | russell russ rusty
samantha sam | samuel sam sammy shmuel samir | sarah sally sadie sara sal | sebastian seb bastian | sergei seryozha
sidney sid | silvester sly vester | simon si simeon shimon | solomon sol sulaiman suleiman | sophia sophie sonya sofia
stanley stan | stephanie steph stevie stefania | stephen steve steven esteban stefan stevie etienne
susan sue susie suzy sukie susanna zsuzsa | sylvia syl | tabitha tabby | tatiana tanya | terence terry
teresa terry tess tracy tere terri theresa | theodore ted theo teddy fyodor teodoro | theresa tess terry
thomas tom tommy tomas tomasz | timothy tim timmy timoteo | tobias toby | tyler ty | ulysses uly | ursula ursa
valentine val | valerie val | veronica ronnie vera nika | victor vic viktor | victoria vicky tori vita viki
vincent vince vinny vicente vincenzo | viola vi | violet vi letty | virginia ginny ginger | vladimir vova volodya
walter walt wally | wilfred wilf fred | wilhelmina mina minnie willa
william bill will billy willie liam willy wim guillermo wilhelm guillaume | winifred win winnie freda
winston win | xavier javier xavi | yekaterina katya | yevgeni zhenya | zachary zach zack zakariya | zebedee zeb
ahmed ahmad achmed hamada | abdul abd abdel abdullah abdallah | ali aly | aisha aicha ayesha aysha
fatima fatma fatemeh fatou fatoumata | hussein husain hosein hussain | hassan hasan | khadija hatice khadijah
omar umar omer | othman osman usman | yusuf youssef yousef joseph yousuf | zaynab zainab zeinab zeynep
kim gim | lee yi rhee li ri i | park bak pak bag | choi choe | jung jeong chung jong | kang gang | cho jo
kwon gwon | ryu yoo yu you | shin sin | lim im rim | roh noh no | zhang chang cheung | wang wong huang | chen chan
chen chin tan | lin lam lim | zhou chou chow | xu hsu | zhao chao | liu lau low | guo kuo kwok | zheng cheng
nguyen nguen | sanchez sanches | goncalves gonzales gonzalez | smith smyth smythe | mc mac
"""


def _read() -> dict[str, frozenset[str]]:
    lines: dict[str, set[str]] = {}
    for number, line in enumerate(_LINES.replace("\n", "|").split("|")):
        for name in line.split():
            lines.setdefault(name, set()).add(str(number))
            lines[name].add(line.split()[0])
    return {name: frozenset(where) for name, where in lines.items()}


_STANDS_IN = _read()


@lru_cache(maxsize=100_000)
def is_short_for(one: str, two: str) -> bool:
    """Whether two folded names are known to be two names of one person."""
    here, there = _STANDS_IN.get(one), _STANDS_IN.get(two)
    return here is not None and there is not None and not here.isdisjoint(there)
