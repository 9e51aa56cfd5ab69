namespace IntegrationConsole.Controls;

/// <summary>Why a page has nothing to show.</summary>
/// <param name="Id">Found again in the process's log.</param>
public sealed record PageFailure(string Id, string Sentence)
{
    /// <summary>The border of a request: what is unexpected gets an id, a line in the log, and a sentence.</summary>
    /// <param name="page">What could not be shown.</param>
    public static PageFailure Of(Exception problem, ILogger logger, string page)
    {
        var id = Guid.NewGuid().ToString("n")[..8];
        logger.LogError(problem, "{Page} failed with error id {ErrorId}", page, id);
        return new PageFailure(id, problem.IsDatabaseOutage
            ? "The console's database does not answer at the moment."
            : "Something went wrong in the console.");
    }
}
