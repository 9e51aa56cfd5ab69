using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench;

/// <summary>What the command line asks for: which benches, and how thoroughly.</summary>
internal sealed record Wishes(IReadOnlyCollection<string> Names, Pace Pace)
{
    /// <param name="words"><c>--quick</c>, <c>--only NAME</c>, or names alone; none means all of them.</param>
    /// <param name="known">The names that there are.</param>
    /// <returns>The problem is empty where all words were understood.</returns>
    public static (Wishes Wishes, string Problem) Of(IReadOnlyList<string> words, IReadOnlyCollection<string> known)
    {
        var names = words.Where(word => word is not ("--quick" or "--only")).ToHashSet();
        var wishes = new Wishes(names.Count > 0 ? names : known, words.Contains("--quick") ? Pace.Quick : Pace.Thorough);
        var choice = $"choose from {string.Join(", ", known)}.";
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            return (wishes, $"There is no bench named {unknown}: {choice}");
        }

        return (wishes, words.Contains("--only") && names.Count == 0 ? $"--only needs a name: {choice}" : "");
    }
}
