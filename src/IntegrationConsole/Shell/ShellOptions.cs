namespace IntegrationConsole.Shell;

/// <summary>What the frame around all pages shows.</summary>
public sealed class ShellOptions
{
    public const string Section = "Shell";

    /// <summary>Shown on every page, so that nobody takes production for a test: such as <c>Production</c> or <c>Test</c>.</summary>
    public string Environment { get; set; } = "";
}
