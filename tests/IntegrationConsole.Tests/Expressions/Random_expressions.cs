using System.Text;
using IntegrationConsole.Expressions;

namespace IntegrationConsole.Tests.Expressions;

/// <summary>Expressions that nobody would write, made by chance from a fixed seed: none may do more than fail with an error of the language.</summary>
public sealed class Random_expressions
{
    private const string Input = """
        {"a":{"b":[{"c":1,"d":"x","e":[1,2]},{"c":2,"d":"y"}],"f":5,"g":"text","h":null},"l":[3,1,2],"m":[[1,2],[3,[4]]],"s":"Hello World","n":-2.5,"z":{},"y":[]}
        """;

    private static readonly string[] Pieces =
    [
        "a", "b", "c", "l", "m", "s", "*", "**", "%", "$", "$$", "$x", "$y", "1", "-1", "1.5", "1e9", "'t'", "\"q\"", "`n`", "true", "null", "/a(b)?/i", "[", "]", "(", ")", "{", "}",
        ".", ",", ";", ":", "?", "?:", "??", ":=", "=", "!=", "<", ">", "<=", "+", "-", "*", "/", "&", "~>", "..", "^(", "@$v", "#$i", "|", " and ", " or ", " in ", "function($x){",
        "λ($x,$y)<n-:n>{", "$map(", "$sum(", "$string(", "$eval(", "$replace(", "$sort(", "$formatNumber(", "$fromMillis(", "$toMillis(", "$zip(", "$reduce(", "$split(", "$merge(",
        "$formatInteger(", "$single(", "$sift(", "$spread(", "$lookup(", "$date(", "$number(", "$hash(", "/*", "*/", "\\", "'", "\"", "\u0000", "😀", "\ud800", "!", "~", "€",
    ];

    private static readonly ExpressionLimits Tight = new()
    {
        Time = TimeSpan.FromMilliseconds(200), RegexTime = TimeSpan.FromMilliseconds(20), Size = 4 * 1024 * 1024, Steps = 200_000,
    };

    [Fact]
    public void Of_any_pieces_end_in_a_value_or_an_error()
    {
        var random = new Random(20_260_101);
        var values = 0;
        for (var count = 0; count < 30_000; count++)
        {
            var text = new StringBuilder();
            for (var pieces = random.Next(1, 14); pieces > 0; pieces--)
            {
                text.Append(Pieces[random.Next(Pieces.Length)]);
            }

            values += Survives(text.ToString()) ? 1 : 0;
        }

        Assert.InRange(values, 100, 29_000);
    }

    [Fact]
    public void That_were_right_once_end_in_a_value_or_an_error()
    {
        var random = new Random(20_260_102);
        string[] right =
        [
            "a.b[c > 1 and d = 'y']^(>c).{'k': $string(c), 'p': %.f}", "($f := function($n)<n:n>{ $n < 2 ? 1 : $n * $f($n - 1) }; $map([1..5], $f) ~> $sum())",
            "a.b@$v.l#$i[$i > 0].($v.c & '-' & $)", "$ ~> |a.b|{'c': c * 2}, ['e']|", "$replace(s, /(\\w+) (\\w+)/, '$2 $1') & $formatNumber(n, '#,##0.00;(0)')",
            "$toMillis('3 Mar 2024', '[D] [MNn,3-3] [Y]') ~> $fromMillis('[FNn] [D1o] [W]', '+0100')", "a.b{d: $sum(e)} ?? m.$.$ ?: [l[[0..1]], {'z': **.c}]",
        ];
        var values = 0;
        for (var count = 0; count < 30_000; count++)
        {
            var text = new StringBuilder(right[random.Next(right.Length)]);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                Change(text, random);
            }

            values += Survives(text.ToString()) ? 1 : 0;
        }

        Assert.InRange(values, 1_000, 29_000);
    }

    private static void Change(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length);
        switch (random.Next(3))
        {
            case 0:
                text.Remove(at, Math.Min(text.Length - at, random.Next(1, 4)));
                break;
            case 1:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            default:
                text[at] = (char)random.Next(32, 127);
                break;
        }

        if (text.Length == 0)
        {
            text.Append('a');
        }
    }

    /// <summary>Whether it gave a value; anything thrown fails the test with the expression in its message.</summary>
    private static bool Survives(string text)
    {
        try
        {
            var parsing = Expression.Parse(text);
            if (!parsing.IsParsed)
            {
                Assert.NotEmpty(parsing.Error.Message);
                return false;
            }

            var outcome = parsing.Expression.Evaluate(Jsonata.Input(Input), Jsonata.Nothing, Tight, CancellationToken.None);
            return outcome.Succeeded && outcome.Value.ToString().Length > 0;
        }
        catch (Exception problem)
        {
            throw new InvalidOperationException($"Thrown by: {text}", problem);
        }
    }
}
