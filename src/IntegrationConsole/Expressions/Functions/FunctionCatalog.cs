namespace IntegrationConsole.Expressions.Functions;

/// <summary>
/// All functions that an expression can call, in words. The examples speak of no record, so that each can be tried as it
/// stands; those on time are for noon of 2 January 2026, and the lookup table <c>countries</c> holds <c>DE</c>.
/// </summary>
public static class FunctionCatalog
{
    public static IReadOnlyList<FunctionNote> All { get; } =
    [
        // Text.
        new("string", "$string(value, [indent])", "Makes text of any value; objects and lists become JSON.", "$string(12.5)", "\"12.5\""),
        new("length", "$length(text)", "Counts the characters of a text.", "$length('Köln')", "4"),
        new("substring", "$substring(text, start, [length])", "Takes a part of a text; the first character is 0, and a negative start counts from the end.", "$substring('DE-4711', 3)", "\"4711\""),
        new("substringBefore", "$substringBefore(text, mark)", "Takes what stands before the first mark; the whole text where there is none.", "$substringBefore('ada@example.com', '@')", "\"ada\""),
        new("substringAfter", "$substringAfter(text, mark)", "Takes what stands behind the first mark; the whole text where there is none.", "$substringAfter('ada@example.com', '@')", "\"example.com\""),
        new("uppercase", "$uppercase(text)", "Puts a text in capital letters.", "$uppercase('de')", "\"DE\""),
        new("lowercase", "$lowercase(text)", "Puts a text in small letters.", "$lowercase('Ada@Example.com')", "\"ada@example.com\""),
        new("trim", "$trim(text)", "Removes white space at both ends, and makes one blank of each run of it inside.", "$trim('  Ada   Lovelace ')", "\"Ada Lovelace\""),
        new("pad", "$pad(text, width, [filler])", "Fills a text up to a width, at its end; at its beginning where the width is negative.", "$pad('17', -5, '0')", "\"00017\""),
        new("contains", "$contains(text, pattern)", "Says whether a text holds another one, or matches a regular expression.", "$contains('A-4711', /[0-9]{4}/)", "true"),
        new("split", "$split(text, separator, [limit])", "Cuts a text into a list, at another text or at a regular expression.", "$split('new, vip', ', ')", "[\"new\",\"vip\"]"),
        new("join", "$join(texts, [separator])", "Makes one text of a list of texts.", "$join(['new', 'vip'], ', ')", "\"new, vip\""),
        new("match", "$match(text, pattern, [limit])", "Finds what matches a regular expression, with its place and its groups.", "$match('A-17', /([A-Z])-/).groups", "[\"A\"]"),
        new("replace", "$replace(text, pattern, replacement, [limit])", "Puts other text in the place of what matches; $1 stands for the first group.", "$replace('17.12.2025', /(\\d+)\\.(\\d+)\\.(\\d+)/, '$3-$2-$1')", "\"2025-12-17\""),
        new("eval", "$eval(expression, [context])", "Evaluates a text as an expression of its own.", "$eval('1 + 2')", "3"),
        new("base64encode", "$base64encode(text)", "Writes a text in base 64.", "$base64encode('Ada')", "\"QWRh\""),
        new("base64decode", "$base64decode(text)", "Reads a text that is written in base 64.", "$base64decode('QWRh')", "\"Ada\""),
        new("encodeUrlComponent", "$encodeUrlComponent(text)", "Writes a text so that it can be one part of an address.", "$encodeUrlComponent('a&b')", "\"a%26b\""),
        new("encodeUrl", "$encodeUrl(address)", "Writes an address so that every character in it is allowed.", "$encodeUrl('https://example.com/ü')", "\"https://example.com/%C3%BC\""),
        new("decodeUrlComponent", "$decodeUrlComponent(text)", "Reads one part of an address.", "$decodeUrlComponent('a%26b')", "\"a&b\""),
        new("decodeUrl", "$decodeUrl(address)", "Reads an address with its escaped characters.", "$decodeUrl('https://example.com/%C3%BC')", "\"https://example.com/ü\""),

        // Numbers.
        new("number", "$number(value, [culture])", "Reads a number; with a culture, as people there write it. The culture is ours.", "$number('1.234,50', 'de-DE')", "1234.50"),
        new("abs", "$abs(number)", "Takes away the sign.", "$abs(-5)", "5"),
        new("floor", "$floor(number)", "Rounds down to a whole number.", "$floor(5.8)", "5"),
        new("ceil", "$ceil(number)", "Rounds up to a whole number.", "$ceil(5.2)", "6"),
        new("round", "$round(number, [digits])", "Rounds to a number of digits; a half goes to the even neighbour.", "$round(19.987, 2)", "19.99"),
        new("power", "$power(base, exponent)", "Raises a number to a power.", "$power(2, 10)", "1024"),
        new("sqrt", "$sqrt(number)", "Takes the square root.", "$sqrt(9)", "3"),
        new("random", "$random()", "Gives a number from 0 to below 1, another one each time.", "$random() < 1", "true"),
        new("formatNumber", "$formatNumber(number, picture, [options])", "Writes a number after a picture.", "$formatNumber(1234.5, '#,##0.00')", "\"1,234.50\""),
        new("formatInteger", "$formatInteger(number, picture)", "Writes a whole number in digits, letters, Roman numerals or words.", "$formatInteger(2026, 'I')", "\"MMXXVI\""),
        new("parseInteger", "$parseInteger(text, picture)", "Reads a whole number that is written after a picture.", "$parseInteger('1,234', '#,##0')", "1234"),
        new("formatBase", "$formatBase(number, [radix])", "Writes a whole number in another base than ten.", "$formatBase(255, 16)", "\"ff\""),
        new("sum", "$sum(numbers)", "Adds up a list of numbers.", "$sum([19.5, 5, 0.5])", "25"),
        new("max", "$max(numbers)", "Takes the greatest of a list.", "$max([3, 9, 5])", "9"),
        new("min", "$min(numbers)", "Takes the least of a list.", "$min([3, 9, 5])", "3"),
        new("average", "$average(numbers)", "Takes the mean of a list.", "$average([1, 2, 6])", "3"),

        // Conditions and kinds.
        new("boolean", "$boolean(value)", "Says whether a value counts as true: not 0, not empty, not nothing.", "$boolean('')", "false"),
        new("not", "$not(value)", "Turns true to false, and false to true.", "$not(1 = 2)", "true"),
        new("exists", "$exists(value)", "Says whether there is a value at all, be it null.", "$exists(nickname)", "false"),
        new("type", "$type(value)", "Names the kind of a value: null, number, string, boolean, array, object or function.", "$type([1, 2])", "\"array\""),
        new("error", "$error([sentence])", "Fails the record with a sentence of your own.", "true ? 'fine' : $error('No total')", "\"fine\""),
        new("assert", "$assert(condition, [sentence])", "Fails the record with a sentence where a condition does not hold.", "$assert(1 < 2, 'Too much')", "undefined"),

        // Lists.
        new("count", "$count(list)", "Counts what is in a list.", "$count(['new', 'vip'])", "2"),
        new("append", "$append(list, more)", "Puts two lists, or values, behind one another.", "$append([1, 2], 3)", "[1,2,3]"),
        new("sort", "$sort(list, [comes_after])", "Sorts a list, by a function of two where it is not of texts or numbers.", "$sort([3, 1, 2])", "[1,2,3]"),
        new("reverse", "$reverse(list)", "Turns the order of a list around.", "$reverse([1, 2, 3])", "[3,2,1]"),
        new("shuffle", "$shuffle(list)", "Puts a list in an order of chance.", "$count($shuffle([1, 2, 3]))", "3"),
        new("distinct", "$distinct(list)", "Leaves out what is in a list already.", "$distinct(['a', 'b', 'a'])", "[\"a\",\"b\"]"),
        new("zip", "$zip(list, list, …)", "Takes the first of each list together, then the second of each.", "$zip([1, 2], ['a', 'b'])", "[[1,\"a\"],[2,\"b\"]]"),
        new("map", "$map(list, function)", "Makes a new list: what a function makes of each item.", "$map([1, 2], function($n) { $n * 10 })", "[10,20]"),
        new("filter", "$filter(list, function)", "Keeps the items for which a function says true.", "$filter([1, 5, 9], function($n) { $n > 4 })", "[5,9]"),
        new("single", "$single(list, [function])", "Takes the one item for which a function says true; fails where there are none or several.", "$single([1, 5, 9], function($n) { $n = 5 })", "5"),
        new("reduce", "$reduce(list, function, [start])", "Makes one value of a list, by a function of what there is so far and the next item.", "$reduce([2, 3, 4], function($so_far, $n) { $so_far * $n })", "24"),

        // Objects.
        new("keys", "$keys(object)", "Lists the names in an object.", "$keys({'id': 1, 'name': 'Ada'})", "[\"id\",\"name\"]"),
        new("lookup", "$lookup(object, name)", "Takes the value of one name in an object.", "$lookup({'de': 'Germany'}, 'de')", "\"Germany\""),
        new("spread", "$spread(object)", "Makes a list with one object for each name.", "$spread({'a': 1, 'b': 2})", "[{\"a\":1},{\"b\":2}]"),
        new("merge", "$merge(objects)", "Makes one object of several; a later one wins.", "$merge([{'a': 1}, {'b': 2}])", "{\"a\":1,\"b\":2}"),
        new("each", "$each(object, function)", "Makes a list: what a function makes of each value and its name.", "$each({'a': 1, 'b': 2}, function($v, $k) { $k & '=' & $v })", "[\"a=1\",\"b=2\"]"),
        new("sift", "$sift(object, function)", "Keeps the values of an object for which a function says true.", "$sift({'a': 1, 'b': 20}, function($v) { $v > 9 })", "{\"b\":20}"),
        new("clone", "$clone(value)", "Makes a copy of an object or a list.", "$clone({'a': 1})", "{\"a\":1}"),

        // Time.
        new("now", "$now([picture], [zone])", "Gives the instant at which the run began.", "$now()", "\"2026-01-02T12:00:00.000Z\""),
        new("millis", "$millis()", "Gives that instant in milliseconds since 1970.", "$millis()", "1767355200000"),
        new("fromMillis", "$fromMillis(milliseconds, [picture], [zone])", "Writes an instant, after a picture and in a zone such as +0100.", "$fromMillis(1767355200000, '[D01].[M01].[Y0001]')", "\"02.01.2026\""),
        new("toMillis", "$toMillis(text, [picture])", "Reads an instant: ISO 8601, or after a picture.", "$toMillis('2026-01-02T12:00:00Z')", "1767355200000"),

        // Ours.
        new("lookup_table", "$lookup_table(table, key)", "Takes an entry of one of your lookup tables; nothing where it holds none.", "$lookup_table('countries', 'DE')", "\"Germany\"", IsOurs: true),
        new("date", "$date(text, picture, [culture], [zone])", "Reads a date as a culture writes it, at home in a time zone.", "$date('24.12.2025', '[D01].[M01].[Y0001]', 'de-DE', 'Europe/Berlin')", "\"2025-12-23T23:00:00.000Z\"", IsOurs: true),
        new("hash", "$hash(value, [algorithm])", "Gives the digest of a value in hexadecimal: md5, sha1, sha256, sha384 or sha512.", "$hash('Ada', 'md5')", "\"1a382809b7c03f686e12dd15677c5497\"", IsOurs: true),
        new("mask", "$mask(value, [keep])", "Puts stars in the place of all but the last characters; of all but the first where keep is negative.", "$mask('DE89370400440532', 4)", "\"************0532\"", IsOurs: true),
        new("uuid5", "$uuid5(namespace, name)", "Makes the same UUID of the same name, for ever.", "$uuid5('dns', 'example.com')", "\"cfbff0d1-9375-5685-968c-48ce8b15ae17\"", IsOurs: true),
        new("country", "$country(text, [form])", "Finds a country by name or code, and gives it as alpha2, alpha3 or name.", "$country('Germany', 'alpha3')", "\"DEU\"", IsOurs: true),
        new("currency", "$currency(text)", "Finds a currency by code, sign or name, and gives its ISO code.", "$currency('€')", "\"EUR\"", IsOurs: true),
        new("phone_e164", "$phone_e164(text, [country])", "Puts a telephone number in its international form.", "$phone_e164('030 1234567', 'DE')", "\"+49301234567\"", IsOurs: true),
    ];
}
