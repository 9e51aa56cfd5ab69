using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench;

/// <summary>What the command line asks for: which benches, and how thoroughly.</summary>
/// <param name="File">Where the figures go for programs to read.</param>
internal sealed record Wishes(IReadOnlyCollection<string> Names, Pace Pace, string File)
{
    private const string UsualFile = ".data/bench/results.json";

    /// <param name="words"><c>--quick</c>, <c>--only NAME</c>, <c>--json FILE</c>, or names alone; none means all of them.</param>
    /// <param name="usual">Those that run where none is named.</param>
    /// <param name="onlyByName">The others.</param>
    /// <returns>The problem is empty where all words were understood.</returns>
    public static (Wishes Wishes, string Problem) Of(IReadOnlyList<string> words, IReadOnlyCollection<string> usual, IReadOnlyCollection<string> onlyByName)
    {
        string[] known = [.. usual, .. onlyByName];
        var file = words.SkipWhile(word => word != "--json").Skip(1).FirstOrDefault();
        var names = words.Where(word => word is not ("--quick" or "--only" or "--json") && word != file).ToHashSet();
        var wishes = new Wishes(names.Count > 0 ? names : usual, words.Contains("--quick") ? Pace.Quick : Pace.Thorough, file ?? UsualFile);
        var choice = $"choose from {string.Join(", ", known)}.";
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            return (wishes, $"There is no bench named {unknown}: {choice}");
        }

        if (words.Contains("--json") && file is null)
        {
            return (wishes, "--json needs a file.");
        }

        return (wishes, words.Contains("--only") && names.Count == 0 ? $"--only needs a name: {choice}" : "");
    }
}
