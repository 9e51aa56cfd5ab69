using System.Collections.Frozen;

namespace IntegrationConsole.Expressions;

/// <summary>The language's error codes with a sentence for each, and four codes of our own for limits the language leaves to its host.</summary>
internal static class ErrorCodes
{
    public const string TimeOrDepth = "U1001";
    public const string Steps = "U1002";
    public const string Size = "U1003";
    public const string RegexTime = "U1004";
    public const string Nesting = "U1005";
    public const string SequenceLength = "D2015";

    // {t} is the token, {v} the value, {d} the detail.
    private static readonly FrozenDictionary<string, string> Sentences = new Dictionary<string, string>
    {
        ["S0101"] = "A string must be closed by the quote that opened it.",
        ["S0102"] = "The number {t} is out of range.",
        ["S0103"] = "The escape \\{t} is not known.",
        ["S0104"] = "The escape \\u must be followed by four hexadecimal digits.",
        ["S0105"] = "A quoted name must be closed by a backtick.",
        ["S0106"] = "A comment must be closed by */.",
        ["S0201"] = "The expression should have ended before {t}.",
        ["S0202"] = "Expected {d}, found {t}.",
        ["S0203"] = "Expected {d} before the end of the expression.",
        ["S0204"] = "The operator {t} is not known.",
        ["S0207"] = "The expression ends too early.",
        ["S0208"] = "A function's parameter must be a variable name that begins with $, not {t}.",
        ["S0209"] = "A predicate cannot follow a grouping in one step.",
        ["S0210"] = "A step can have one grouping only.",
        ["S0211"] = "The symbol {t} cannot stand at the beginning of a value.",
        ["S0212"] = "The left side of := must be a variable name that begins with $.",
        ["S0213"] = "The literal {v} cannot be a step of a path.",
        ["S0214"] = "The right side of {t} must be a variable name that begins with $.",
        ["S0215"] = "A variable must be bound to a step before its predicates.",
        ["S0216"] = "A variable must be bound to a step before its order-by.",
        ["S0217"] = "There is no parent that % could mean here.",
        ["S0301"] = "A regular expression must not be empty.",
        ["S0302"] = "A regular expression must be closed by a slash.",
        ["S0303"] = "The regular expression is not valid: {d}",
        ["S0401"] = "Type parameters belong to functions and arrays only.",
        ["S0402"] = "A choice of types must not hold types with parameters.",
        ["S0500"] = "The signature {v} cannot be read.",
        ["T0410"] = "Argument {d} of {t} does not match the function's signature.",
        ["T0411"] = "The context value does not match the type of argument {d} of {t}.",
        ["T0412"] = "Argument {d} of {t} must be an array of one type.",
        ["T1003"] = "A key of an object must be a string, not {v}.",
        ["T1005"] = "Attempted to call something that is not a function. Was ${t} meant?",
        ["T1006"] = "Attempted to call something that is not a function.",
        ["T1007"] = "Attempted to apply in part something that is not a function. Was ${t} meant?",
        ["T1008"] = "Attempted to apply in part something that is not a function.",
        ["T1010"] = "The matcher given to {t} does not return what a matcher must.",
        ["T2001"] = "The left side of {t} must be a number.",
        ["T2002"] = "The right side of {t} must be a number.",
        ["T2003"] = "The left side of the range operator (..) must be an integer.",
        ["T2004"] = "The right side of the range operator (..) must be an integer.",
        ["T2006"] = "The right side of ~> must be a function.",
        ["T2007"] = "Values of different types cannot be ordered: {v}.",
        ["T2008"] = "An order-by needs numbers or strings.",
        ["T2009"] = "The values on both sides of {t} must be of the same type.",
        ["T2010"] = "The values on both sides of {t} must be numbers or strings.",
        ["T2011"] = "The update of a transform must be an object, not {v}.",
        ["T2012"] = "The deletion of a transform must be a string or an array of strings, not {v}.",
        ["T2013"] = "A transform needs a value that can be copied.",
        ["D1001"] = "The number is out of range: {v}.",
        ["D1002"] = "A value that is not a number cannot be negated.",
        ["D1004"] = "The regular expression matches an empty string.",
        ["D1009"] = "More than one key gives {v}.",
        ["D2014"] = "The range has more than ten million numbers: {v}.",
        [SequenceLength] = "A sequence grew past the limit of its length.",
        ["D3001"] = "A number that is infinite or not a number cannot become a string.",
        ["D3010"] = "The second argument of $replace must not be an empty string.",
        ["D3011"] = "The fourth argument of $replace must not be negative.",
        ["D3012"] = "The replacement function must return a string.",
        ["D3020"] = "The third argument of $split must not be negative.",
        ["D3030"] = "The value {v} cannot become a number.",
        ["D3040"] = "The third argument of $match must not be negative.",
        ["D3050"] = "The second argument of $reduce must be a function of at least two parameters.",
        ["D3060"] = "$sqrt cannot be applied to a negative number: {v}.",
        ["D3061"] = "The result of $power is out of range.",
        ["D3070"] = "$sort without a function needs an array of numbers or an array of strings.",
        ["D3080"] = "A number's picture has at most two parts.",
        ["D3081"] = "A part of a number's picture has at most one decimal separator.",
        ["D3082"] = "A part of a number's picture has at most one percent sign.",
        ["D3083"] = "A part of a number's picture has at most one per-mille sign.",
        ["D3084"] = "A part of a number's picture has either a percent or a per-mille sign.",
        ["D3085"] = "The mantissa of a number's picture needs a digit.",
        ["D3086"] = "A passive character stands between active ones in a number's picture.",
        ["D3087"] = "A grouping separator stands beside the decimal separator in a number's picture.",
        ["D3088"] = "A grouping separator stands at the end of the integer part of a number's picture.",
        ["D3089"] = "Two grouping separators stand beside each other in a number's picture.",
        ["D3090"] = "In the integer part of a number's picture, optional digits come before mandatory ones.",
        ["D3091"] = "In the fractional part of a number's picture, mandatory digits come before optional ones.",
        ["D3092"] = "A number's picture cannot have a percent sign and an exponent.",
        ["D3093"] = "The exponent of a number's picture must consist of digits.",
        ["D3100"] = "The radix must be between 2 and 36, not {v}.",
        ["D3110"] = "The timestamp {v} is not in ISO 8601 form.",
        ["D3120"] = "The text given to $eval is not an expression: {d}",
        ["D3121"] = "The expression given to $eval failed: {d}",
        ["D3130"] = "Integers cannot be formatted or parsed by the sequence {v}.",
        ["D3131"] = "The digits of a picture must all be of one decimal system.",
        ["D3132"] = "The component {v} of the date picture is not known.",
        ["D3133"] = "The name modifier is for months and days only, not for {v}.",
        ["D3134"] = "The time zone of the picture has at most four digits.",
        ["D3135"] = "A component of the date picture is not closed by ].",
        ["D3136"] = "The date has components missing that its picture needs.",
        ["D3137"] = "{d}",
        ["D3138"] = "$single found more than one matching value.",
        ["D3139"] = "$single found no matching value.",
        ["D3140"] = "Malformed URL passed to ${t}(): {v}",
        ["D3141"] = "{d}",
        [TimeOrDepth] = "{d}",
        [Steps] = "The evaluation took more steps than its limit.",
        [Size] = "The evaluation built more than its limit of memory.",
        [RegexTime] = "A regular expression took longer than its limit.",
        [Nesting] = "The expression, or its result, is nested too deeply.",
        ["X1001"] = "There is no lookup table {v}.",
        ["X1002"] = "The culture {v} is not known.",
        ["X1003"] = "The time zone {v} is not known.",
        ["X1004"] = "{d}",
        ["X1005"] = "The algorithm {v} is not one of md5, sha1, sha256, sha384, sha512.",
        ["X1006"] = "The namespace {v} is not a UUID, and not one of dns, url, oid, x500.",
        ["X1007"] = "The country {v} is not known.",
        ["X1008"] = "The currency {v} is not known.",
        ["X1009"] = "The phone number {v} cannot be read: {d}",
    }.ToFrozenDictionary();

    /// <summary>For codes whose usual sentence the expression itself makes, or that repeats what it read.</summary>
    private static readonly FrozenDictionary<string, string> DiscreetSentences = new Dictionary<string, string>
    {
        ["D1009"] = "More than one key gives the same name.",
        ["D3120"] = "The text given to $eval is not an expression.",
        ["D3121"] = "The expression given to $eval failed.",
        ["D3137"] = "The expression called $error.",
        ["D3141"] = "What $assert was given does not hold.",
        ["X1001"] = "There is no lookup table of that name.",
        ["X1004"] = "The value given to $date is not a date of that form.",
        ["X1009"] = "The phone number cannot be read.",
    }.ToFrozenDictionary();

    private static readonly string[] Asides = [", not for {v}", ", not {v}", ": {v}"];

    public static string Discreet(ExpressionFailure failure)
    {
        var sentence = DiscreetSentences.GetValueOrDefault(failure.Code) ?? Sentences.GetValueOrDefault(failure.Code, "The expression failed.");
        foreach (var aside in Asides)
        {
            sentence = sentence.Replace(aside, "", StringComparison.Ordinal);
        }

        return Filled(sentence.Replace("{v}", "given", StringComparison.Ordinal), failure);
    }

    public static string Sentence(ExpressionFailure failure) => Filled(Sentences.GetValueOrDefault(failure.Code, "The expression failed."), failure);

    private static string Filled(string sentence, ExpressionFailure failure) =>
        sentence.Replace("{t}", failure.Token ?? "it", StringComparison.Ordinal)
            .Replace("{v}", failure.Value ?? "it", StringComparison.Ordinal)
            .Replace("{d}", failure.Detail ?? "it", StringComparison.Ordinal);
}
