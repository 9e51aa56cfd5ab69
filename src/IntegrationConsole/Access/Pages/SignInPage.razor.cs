using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Access.Pages;

public sealed partial class SignInPage(SignIn signIn, AccessLinks links, NavigationManager navigation)
{
    private string _problem = "";

    [SupplyParameterFromForm(Name = "Input")]
    public SignInInput? Posted { get; set; }

    private SignInInput Input => Posted ??= new SignInInput();

    /// <summary>Where to go afterwards: an address of this console, or nothing.</summary>
    [SupplyParameterFromQuery(Name = "to")]
    public string? To { get; set; }

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (HttpMethods.IsGet(Http.Request.Method) && await links.NeedsFirstAdministratorAsync(Http.RequestAborted))
        {
            _problem = "Nobody can sign in yet. Open the link that the console printed when it started: it lets the first administrator choose a password.";
        }
    }

    private async Task TryAsync()
    {
        _problem = await signIn.TryAsync(Input.Email, Input.Password, Input.Remember, Http.RequestAborted);
        if (_problem.Length == 0)
        {
            navigation.NavigateTo(IsOurs(To) ? To! : "/");
        }
    }

    /// <summary>A link to the sign-in page must not lead on to somebody else's.</summary>
    private static bool IsOurs(string? to) => to is ['/', ..] && !to.StartsWith("//", StringComparison.Ordinal) && !to.StartsWith("/\\", StringComparison.Ordinal);

    public sealed class SignInInput
    {
        public string Email { get; set; } = "";

        public string Password { get; set; } = "";

        public bool Remember { get; set; }
    }
}
