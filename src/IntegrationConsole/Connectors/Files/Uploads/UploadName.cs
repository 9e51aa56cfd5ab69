using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>The name of an uploaded file: what a browser says, without the folders that some put in front.</summary>
internal static class UploadName
{
    private const int MostCharacters = 200;

    public static string Of(string said)
    {
        var name = said[(said.LastIndexOfAny(['/', '\\']) + 1)..].Trim();
        return name.Length is > 0 and <= MostCharacters && name is not ("." or "..") && !name.Any(char.IsControl)
            ? name
            : throw new FailureException(new Failure(
                FailureCause.Validation, $"The file needs a name of at most {MostCharacters} characters, without control characters.", "file-name"));
    }
}
