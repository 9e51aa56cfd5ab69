namespace IntegrationConsole.Configuration;

/// <summary>Asks a console that runs how it is: for container engines, whose image has no other program that could.</summary>
internal static class RunningConsole
{
    private const string Question = "/health/ready";
    private static readonly Uri Usual = new("http://localhost:5080");
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Where a console on this machine answers that was started with the same environment.</summary>
    /// <param name="urls">What ASPNETCORE_URLS says: addresses to listen on, of which "any" is no place to ask at.</param>
    public static Uri UsualAddress(string? urls)
    {
        var first = urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
        var address = first.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal);
        return QuestionAt(Uri.TryCreate(address, UriKind.Absolute, out var known) ? known : Usual);
    }

    /// <summary>Any other page but the one that was named leads to the sign-in; the home page is never what is meant.</summary>
    public static Uri QuestionAt(Uri address) => address.AbsolutePath == "/" ? new Uri(address, Question) : address;

    /// <returns>The process's exit code.</returns>
    public static async Task<int> AskAsync(Uri address, TextWriter output, CancellationToken cancellationToken)
    {
        // A redirect would lead to the sign-in page, which answers whatever state the console is in.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            var body = answer.Content.Headers.ContentType?.MediaType is "application/json" ? await answer.Content.ReadAsStringAsync(cancellationToken) : "";
            await output.WriteLineAsync($"{address} answers {(int)answer.StatusCode} {body}".TrimEnd());
            return answer.IsSuccessStatusCode ? CommandLine.Done : CommandLine.Failed;
        }
        catch (Exception silent) when (silent is HttpRequestException || (silent is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await output.WriteLineAsync($"{address} does not answer.");
            return CommandLine.Failed;
        }
    }
}
